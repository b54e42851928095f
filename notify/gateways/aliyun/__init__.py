"""Aliyun: text messages (dysmsapi) and calls (dyvmsapi), both signed with ACS3-HMAC-SHA256."""

from notify.gateways.aliyun.sms import AliyunSms
from notify.gateways.aliyun.voice import AliyunVoice
from notify.gateways.contract import gateway

gateway(AliyunSms())
gateway(AliyunVoice())
