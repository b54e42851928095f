"""DingTalk: the robot of a group, and notices of an application to one person."""

from notify.gateways.contract import gateway
from notify.gateways.dingtalk.notice import DingtalkNotice
from notify.gateways.dingtalk.robot import DingtalkRobot

gateway(DingtalkRobot())
gateway(DingtalkNotice())
