{{/* What the load balancers of the clouds need to be told. */}}

{{- define "sluice.service.presetClass" -}}
{{- if eq .preset "aws-nlb" }}service.k8s.aws/nlb{{ end -}}
{{- end -}}

{{/*
Takes a dict: preset, hasProxyProtocol. AWS: pods are targets themselves, and their /ready decides, so that a draining
one gets no new clients. Azure: quiet devices are cut after 4 minutes by default, 30 are possible here. Google: the
passthrough load balancer with a backend service.
*/}}
{{- define "sluice.service.presetAnnotations" -}}
{{- if eq .preset "aws-nlb" }}
service.beta.kubernetes.io/aws-load-balancer-type: external
service.beta.kubernetes.io/aws-load-balancer-nlb-target-type: ip
service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing
service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol: http
service.beta.kubernetes.io/aws-load-balancer-healthcheck-port: "8080"
service.beta.kubernetes.io/aws-load-balancer-healthcheck-path: /ready
{{- if .hasProxyProtocol }}
service.beta.kubernetes.io/aws-load-balancer-proxy-protocol: "*"
{{- else }}
service.beta.kubernetes.io/aws-load-balancer-target-group-attributes: preserve_client_ip.enabled=true
{{- end }}
{{- else if eq .preset "azure" }}
service.beta.kubernetes.io/azure-load-balancer-tcp-idle-timeout: "30"
service.beta.kubernetes.io/azure-load-balancer-disable-tcp-reset: "false"
{{- else if eq .preset "gcp" }}
cloud.google.com/l4-rbs: enabled
{{- end }}
{{- end -}}
