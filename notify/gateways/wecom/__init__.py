"""WeCom: the robot of a group, and cards of an application with a button that acknowledges."""

from notify.gateways.contract import gateway
from notify.gateways.wecom.app import WecomApp
from notify.gateways.wecom.robot import WecomRobot

gateway(WecomRobot())
gateway(WecomApp())
