{{/* Logins of people with an identity provider: what the collector gets for it. */}}

{{- define "whorl.people.arguments" -}}
{{- with .Values.oidc -}}
{{- if .issuer }}
- {{ printf "--oidc-issuer=%s" .issuer | quote }}
- {{ printf "--oidc-client=%s" .client | quote }}
- --access=/access/access.yaml
{{- if .existingSecret }}
- --oidc-secret-file=/secrets/oidc/client-secret
{{- end }}
{{- if .caConfigMap }}
- --oidc-ca=/oidc-ca/ca.crt
{{- end }}
{{- $page := include "whorl.people.page" $ }}
{{- range $name, $value := dict "oidc-cli-client" .cliClient "oidc-scopes" .scopes "oidc-groups-claim" .groupsClaim "oidc-audience" .audience "oidc-page" $page }}
{{- if $value }}
- {{ printf "--%s=%s" $name $value | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The address of the page: given, or the ingress's. */}}
{{- define "whorl.people.page" -}}
{{- if .Values.oidc.page -}}
{{- .Values.oidc.page -}}
{{- else if .Values.ingress.enabled -}}
{{- printf "https://%s" .Values.ingress.host -}}
{{- end -}}
{{- end -}}

{{- define "whorl.people.mounts" -}}
{{- if .Values.oidc.issuer }}
- {name: access, mountPath: /access, readOnly: true}
{{- if .Values.oidc.existingSecret }}
- {name: oidc, mountPath: /secrets/oidc, readOnly: true}
{{- end }}
{{- if .Values.oidc.caConfigMap }}
- {name: oidc-ca, mountPath: /oidc-ca, readOnly: true}
{{- end }}
{{- end }}
{{- end -}}

{{- define "whorl.people.volumes" -}}
{{- if .Values.oidc.issuer }}
- name: access
  configMap: {name: {{ .Values.access.existingConfigMap | default (printf "%s-access" (include "whorl.collector" .)) }}, defaultMode: 0440}
{{- if .Values.oidc.existingSecret }}
- name: oidc
  secret: {secretName: {{ .Values.oidc.existingSecret }}, defaultMode: 0440}
{{- end }}
{{- if .Values.oidc.caConfigMap }}
- name: oidc-ca
  configMap: {name: {{ .Values.oidc.caConfigMap }}, defaultMode: 0440}
{{- end }}
{{- end }}
{{- end -}}

{{- define "whorl.people.check" -}}
{{- $v := .Values -}}
{{- if and $v.oidc.issuer (empty $v.oidc.client) -}}
{{- fail "oidc.client is missing: the id that the provider has for Whorl" -}}
{{- end -}}
{{- if and $v.oidc.issuer (empty $v.access.groups) (empty $v.access.existingConfigMap) -}}
{{- fail "access.groups is missing: what groups may do; or access.existingConfigMap, with access.yaml" -}}
{{- end -}}
{{- if and $v.access.groups $v.access.existingConfigMap -}}
{{- fail "access.groups and access.existingConfigMap: give one of them" -}}
{{- end -}}
{{- if and (empty $v.oidc.issuer) (or $v.oidc.client $v.access.groups $v.access.existingConfigMap) -}}
{{- fail "oidc.issuer is missing: the identity provider with which people log in" -}}
{{- end -}}
{{- end -}}
