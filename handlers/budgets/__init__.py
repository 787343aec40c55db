"""What can be done with budgets, one module a thing; `handlers.BudgetHandlers` has them all."""
