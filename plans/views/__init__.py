"""The pages of plans. Acts are forms over them (web/dialogs.py); what may be done is for the actions to say."""
