{{/* What works, and is perhaps not meant. */}}

{{- define "sluice.warnings" -}}
{{- $lines := list -}}
{{- if gt (int64 .Values.autoscaling.connectionsPerPod) (include "sluice.drainable" . | int64) -}}
{{- if or .Values.autoscaling.enabled .Values.keda.enabled -}}
{{- $lines = append $lines (printf "autoscaling.connectionsPerPod is %d, but a drain has time for %s clients at drain.rate, and sends more away faster: raise drain.timeout and terminationGracePeriodSeconds." (int64 .Values.autoscaling.connectionsPerPod) (include "sluice.drainable" .)) -}}
{{- end -}}
{{- end -}}
{{- if .Values.kafka.embedded.enabled -}}
{{- $lines = append $lines "The embedded Kafka is one node: what is acknowledged does not survive the loss of its volume." -}}
{{- if not .Values.kafka.embedded.persistence.enabled -}}
{{- $lines = append $lines "kafka.embedded.persistence is off: every message is gone with the pod." -}}
{{- end -}}
{{- end -}}
{{- if not .Values.kafka.embedded.enabled -}}
{{- if and (not .Values.autoscaling.enabled) (not .Values.keda.enabled) (eq (include "sluice.replicas" . | int) 1) -}}
{{- $lines = append $lines "One pod: clients are away while it is replaced." -}}
{{- end -}}
{{- end -}}
{{- range $group, $service := .Values.service -}}
{{- $annotated := false -}}
{{- range $key, $value := (default dict $service.annotations) -}}
{{- if and (contains "proxy-protocol" $key) $value (ne (toString $value) "false") -}}
{{- $annotated = true -}}
{{- end -}}
{{- end -}}
{{- if ne $group "management" -}}
{{- range $name := (include "sluice.listeners.enabled" (dict "context" $ "group" $group) | fromJson).names -}}
{{- $listener := index $.Values.listeners $name -}}
{{- $speaks := ne (include "sluice.listener.proxyProtocol" (dict "listener" $listener)) "" -}}
{{- $preset := eq (default "" $service.preset) "aws-nlb" -}}
{{- if and $annotated (not $speaks) -}}
{{- $lines = append $lines (printf "service.%s has an annotation for the PROXY protocol, but listeners.%s.proxyProtocol is off: no client would get in." $group $name) -}}
{{- end -}}
{{- if and $speaks (not $annotated) (not $preset) -}}
{{- $lines = append $lines (printf "listeners.%s expects the PROXY protocol %s; the load balancer in front of service.%s must speak it, or no client gets in." $name $listener.proxyProtocol $group) -}}
{{- end -}}
{{- end -}}
{{- $mixed := dict -}}
{{- range $name := (include "sluice.listeners.enabled" (dict "context" $ "group" $group) | fromJson).names -}}
{{- $_ := set $mixed (toString (default "off" (index $.Values.listeners $name).proxyProtocol)) true -}}
{{- end -}}
{{- if and (eq (default "" $service.preset) "aws-nlb") (gt (len $mixed) 1) -}}
{{- $lines = append $lines (printf "service.%s: a load balancer of AWS speaks the PROXY protocol on all ports or on none, but the listeners of this group differ." $group) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $hasRoute := or .Values.ingress.enabled .Values.gateway.httpRoute.enabled -}}
{{- range $name := (include "sluice.listeners.enabled" (dict "context" $ "types" (list "ws")) | fromJson).names -}}
{{- $auth := include "sluice.listener.auth" (dict "context" $ "listener" (index $.Values.listeners $name)) -}}
{{- if and $hasRoute (has $auth (list "" "none")) -}}
{{- $lines = append $lines (printf "listeners.%s is reached from outside by an Ingress or a route, and anybody may connect." $name) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.metrics.dashboards.enabled (not (.Files.Glob "files/dashboards/*.json")) -}}
{{- $lines = append $lines "metrics.dashboards is enabled, but this chart has no dashboards." -}}
{{- end -}}
{{- if $lines }}

Look at this:
{{- range $lines }}
  - {{ . }}
{{- end }}
{{- end }}
{{- end -}}
