"""The plan as figures: verdict, what needs somebody, scorecard, the story of one promise."""
