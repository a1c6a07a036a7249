{{/* What the pods of the server and of the test share. */}}

{{/* Heap and direct memory as shares of the limit; of a limit in another unit the image's default is kept. */}}
{{- define "sluice.javaOptions" -}}
{{- $options := list (printf "-XX:MaxRAMPercentage=%d" (int .Values.jvm.heapPercent)) -}}
{{- with include "sluice.directMegabytes" . -}}
{{- $options = append $options (printf "-XX:MaxDirectMemorySize=%sm" .) -}}
{{- end -}}
{{- with include "sluice.tokenEndpointOption" . -}}
{{- $options = append $options . -}}
{{- end -}}
{{- with .Values.jvm.options -}}
{{- $options = append $options . -}}
{{- end -}}
{{- join " " $options -}}
{{- end -}}

{{/* Kafka's clients ask no token endpoint that is not named to the process. */}}
{{- define "sluice.tokenEndpointOption" -}}
{{- if include "sluice.kafka.isOauth" . -}}
-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={{ .Values.kafka.security.oauth.tokenEndpoint }}
{{- end -}}
{{- end -}}

{{- define "sluice.directMegabytes" -}}
{{- $limit := dig "limits" "memory" "" .Values.resources | toString -}}
{{- $number := regexFind "^[0-9]+" $limit | int64 -}}
{{- if regexMatch "^[0-9]+Mi$" $limit -}}
{{- div (mul $number (int64 .Values.jvm.directPercent)) 100 -}}
{{- else if regexMatch "^[0-9]+Gi$" $limit -}}
{{- div (mul $number 1024 (int64 .Values.jvm.directPercent)) 100 -}}
{{- end -}}
{{- end -}}

{{- define "sluice.volumes" -}}
- name: config
  configMap:
    name: {{ include "sluice.configMapName" . }}
- name: tmp
  emptyDir: {}
{{- with include "sluice.kafka.secretSources" . }}
- name: kafka-secrets
  projected:
    defaultMode: 0440
    sources:
      {{- . | nindent 6 }}
{{- end }}
{{- end -}}

{{- define "sluice.volumeMounts" -}}
- name: config
  mountPath: /etc/sluice
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- if include "sluice.kafka.secretSources" . }}
- name: kafka-secrets
  mountPath: /secrets/kafka
  readOnly: true
{{- end }}
{{- end -}}

{{- define "sluice.replicas" -}}
{{- if kindIs "invalid" .Values.replicaCount -}}
{{- ternary 1 2 .Values.kafka.embedded.enabled -}}
{{- else -}}
{{- int .Values.replicaCount -}}
{{- end -}}
{{- end -}}

{{/* A probe: the custom one as it is, or ours. Takes a dict: probe, custom, path. */}}
{{- define "sluice.probe" -}}
{{- if .custom -}}
{{- toYaml .custom -}}
{{- else -}}
httpGet:
  path: {{ .path }}
  port: management
{{ toYaml .probe }}
{{- end -}}
{{- end -}}
