"""Who somebody is, what their role lets them see and do, and how long a sign-in holds.

Nothing here knows of Streamlit or of the network: pages, exports and the server ask it.
"""
