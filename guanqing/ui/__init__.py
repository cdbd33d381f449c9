"""What pages say to Streamlit, in rooms; nothing outside this package knows it."""
