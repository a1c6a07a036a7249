#!/bin/sh
# Runs what stands in the image's layers for a while, so that the Java runtime keeps what it has learnt: an AOT cache
# (JEP 483, 514, 515). It holds for these very jars and for this very build of Java; another runtime passes over it.
#
#   train.sh JAVA STAGE.tar OUTPUT.aot      JAVA: the java of the image's base, or the same build of it
set -eu
java=$1
stage=$2
output=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/layers" "$work/root"
tar -xf "$stage" -C "$work/layers"
for layer in "$work"/layers/*.tar.gz; do
  # Those of the base have no /app.
  tar -xzf "$layer" -C "$work/root" app 2>/dev/null || true
done
# As in the image, but for where it begins: of a class path the beginning that all have in common may change.
sed "s#/app/#$work/root/app/#g" "$work/root/app/jib-classpath-file" > "$work/classpath"
cat > "$work/sluice.yaml" <<YAML
listeners:
  mqtt: {type: tcp, bind: "127.0.0.1:21883", auth: none}
  ws: {type: ws, bind: "127.0.0.1:28083", auth: none}
management: {bind: "127.0.0.1:28080"}
kafka: {embedded: {data-dir: "$work/data", port: 29092}}
drain: {delay: 0s}
YAML
mkdir -p "$(dirname "$output")"
"$java" -XX:AOTCacheOutput="$output" --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
  -cp "@$work/classpath" io.sluice.app.Main run -c "$work/sluice.yaml" > "$work/log" 2>&1 &
pid=$!
done=0
tries=0
while [ "$done" -lt 3 ]; do
  tries=$((tries + 1))
  if "$java" -cp "@$work/classpath" io.sluice.app.Main probe -c "$work/sluice.yaml" --timeout 30 \
    mqtt://127.0.0.1:21883 ws://127.0.0.1:28083/mqtt > "$work/probe" 2>&1; then
    done=$((done + 1))
  elif [ "$tries" -gt 40 ] || ! kill -0 "$pid" 2>/dev/null; then
    cat "$work/log" "$work/probe"
    kill "$pid" 2>/dev/null || true
    exit 1
  else
    sleep 1
  fi
done
kill "$pid"
wait "$pid" || {
  echo "exit code $? after SIGTERM (expected: 0)"
  cat "$work/log"
  exit 1
}
ls -l "$output"
