{{/* What a listener is in sluice.yaml. */}}

{{/* Names of the enabled listeners, as a JSON list in alphabetical order. Takes a dict: context, and maybe types, group. */}}
{{- define "sluice.listeners.enabled" -}}
{{- $names := list -}}
{{- range $name, $listener := .context.Values.listeners -}}
{{- $ofType := or (not $.types) (has $listener.type $.types) -}}
{{- $ofGroup := or (not $.group) (eq (default "mqtt" $listener.service) $.group) -}}
{{- if and $listener.enabled $ofType $ofGroup -}}
{{- $names = append $names $name -}}
{{- end -}}
{{- end -}}
{{- dict "names" $names | toJson -}}
{{- end -}}

{{- define "sluice.listener.isTls" -}}
{{- if has .type (list "tls" "wss") }}true{{ end -}}
{{- end -}}

{{- define "sluice.listener.isWebSocket" -}}
{{- if has .type (list "ws" "wss") }}true{{ end -}}
{{- end -}}

{{/* The Secret with the listener's certificate. Takes a dict: context, name, listener. */}}
{{- define "sluice.listener.certificateSecret" -}}
{{- if dig "tls" "existingSecret" "" .listener -}}
{{- .listener.tls.existingSecret -}}
{{- else -}}
{{- printf "%s-%s-tls" (include "sluice.fullname" .context) .name -}}
{{- end -}}
{{- end -}}

{{/* The listener's TLS. The directory is mounted as a whole, so that a renewed certificate is seen. */}}
{{- define "sluice.listener.tls" -}}
{{- if include "sluice.listener.isTls" .listener }}
tls:
  certificate: /certs/{{ .name }}/tls.crt
  key: /certs/{{ .name }}/tls.key
  {{- $clientAuth := dig "tls" "clientAuth" "none" .listener }}
  {{- if ne $clientAuth "none" }}
  client-ca: /certs/{{ .name }}/ca.crt
  client-auth: {{ ternary "optional" $clientAuth (eq $clientAuth "request") }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* The PROXY protocol; YAML reads a bare off as false. */}}
{{- define "sluice.listener.proxyProtocol" -}}
{{- $version := toString (default "off" .listener.proxyProtocol) -}}
{{- if has $version (list "v1" "v2") }}
proxy-protocol: {{ $version }}
proxy-peers: {{ .listener.proxyPeers | default (list "10.0.0.0/8" "172.16.0.0/12" "192.168.0.0/16" "100.64.0.0/10" "fd00::/8") | toJson }}
{{- end }}
{{- end -}}

{{/* Who may connect: what the listener says, or else what there is. Empty: nothing is said. */}}
{{- define "sluice.listener.auth" -}}
{{- if .listener.auth -}}
{{- .listener.auth -}}
{{- else if eq (dig "tls" "clientAuth" "none" .listener) "require" -}}
certificates
{{- else if .context.Values.auth.existingPasswordSecret -}}
passwords
{{- else if .context.Values.auth.jwksUrl -}}
tokens
{{- else if .context.Values.auth.allowAnonymous -}}
none
{{- end -}}
{{- end -}}

{{/* The authentication section, with what a listener names. */}}
{{- define "sluice.authentication" -}}
{{- $used := list -}}
{{- range $name, $listener := .Values.listeners -}}
{{- if $listener.enabled -}}
{{- $used = append $used (include "sluice.listener.auth" (dict "context" $ "listener" $listener)) -}}
{{- end -}}
{{- end -}}
{{- if has "passwords" $used }}
passwords:
  type: password-file
  file: /secrets/auth/users
{{- end }}
{{- if has "tokens" $used }}
tokens:
  type: jwt
  jwks: {{ .Values.auth.jwksUrl | quote }}
  issuer: {{ .Values.auth.jwtIssuer | quote }}
  audience: {{ .Values.auth.jwtAudience | quote }}
  {{- with .Values.auth.jwtGroupsClaim }}
  groups-claim: {{ . | quote }}
  {{- end }}
{{- end }}
{{- if has "certificates" $used }}
certificates:
  type: client-certificate
  username: cn
{{- end }}
{{- end -}}

{{/* A listener. Takes a dict: context, name, listener. */}}
{{- define "sluice.listener.config" -}}
type: {{ .listener.type }}
bind: {{ printf "0.0.0.0:%d" (int .listener.port) | quote }}
{{- if include "sluice.listener.isWebSocket" .listener }}
path: {{ default "/mqtt" .listener.path | quote }}
{{- end }}
{{- with include "sluice.listener.auth" . }}
auth: {{ . }}
{{- end }}
{{- include "sluice.listener.proxyProtocol" . }}
{{- include "sluice.listener.tls" . }}
{{- end -}}
