"""The pages of plans. Acts are forms over them (journal/pages.py); what may be done is for the actions to say."""
