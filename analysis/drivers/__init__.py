"""Why a cost moved: the exact split of a change, what caused it, and the finding in words."""
