"""The pages of duty. Acts are forms over them (web/dialogs.py); what may be done is for the actions to say."""
