"""Tencent Cloud: text messages (sms) and calls (vms), both signed with TC3-HMAC-SHA256."""

from notify.gateways.contract import gateway
from notify.gateways.tencent.sms import TencentSms
from notify.gateways.tencent.voice import TencentVoice

gateway(TencentSms())
gateway(TencentVoice())
