"""Forecasts of daily series: models, intervals from residuals, and the backtest that chooses."""
