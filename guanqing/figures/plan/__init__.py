"""The year's plan as figures: its verdict, what needs somebody, the scorecard, one promise's story."""
