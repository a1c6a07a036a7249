"""Paho's Python client from a shell: paho_client.py pub|sub tcp|websockets PORT 4|5 [options]."""

import argparse
import sys

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

parser = argparse.ArgumentParser()
parser.add_argument("what", choices=["pub", "sub"])
parser.add_argument("transport", choices=["tcp", "websockets"])
parser.add_argument("port", type=int)
parser.add_argument("version", type=int)
parser.add_argument("-i", default="")
parser.add_argument("-q", type=int)
parser.add_argument("-t")
parser.add_argument("-m")
parser.add_argument("-r", action="store_true")
parser.add_argument("-c", action="store_true")
parser.add_argument("--will-topic")
parser.add_argument("--will-payload")
args = parser.parse_args()

v5 = args.version == 5
options = {"client_id": args.i, "transport": args.transport, "protocol": mqtt.MQTTv5 if v5 else mqtt.MQTTv311}
if hasattr(mqtt, "CallbackAPIVersion"):
    options["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION1
if not v5:
    options["clean_session"] = not args.c
client = mqtt.Client(**options)
if args.transport == "websockets":
    client.ws_set_options(path="/mqtt")
if args.will_topic:
    client.will_set(args.will_topic, args.will_payload, 1)


def on_message(client, userdata, message):
    print(message.payload.decode(), flush=True)


def on_connect(client, userdata, flags, code, properties=None):
    if args.what == "sub":
        client.subscribe(args.t, args.q)


client.on_message = on_message
client.on_connect = on_connect
connect = {}
if v5:
    connect["clean_start"] = not args.c
    if args.c:
        connect["properties"] = Properties(PacketTypes.CONNECT)
        connect["properties"].SessionExpiryInterval = 600
client.connect("127.0.0.1", args.port, 60, **connect)
if args.what == "sub":
    client.loop_forever()
else:
    client.loop_start()
    client.publish(args.t, args.m, args.q, args.r).wait_for_publish()
    client.disconnect()
    client.loop_stop()
    sys.exit(0)
