{{/* Whom the collector notifies: what it gets for it. */}}

{{- define "whorl.notify" -}}
{{- if or .Values.notify.file .Values.notify.existingConfigMap -}}yes{{- end -}}
{{- end -}}

{{- define "whorl.notify.arguments" -}}
{{- if include "whorl.notify" . }}
- --notify=/notify/notify.yaml
{{- end }}
{{- end -}}

{{- define "whorl.notify.mounts" -}}
{{- if include "whorl.notify" . }}
- {name: notify, mountPath: /notify, readOnly: true}
{{- if .Values.notify.existingSecret }}
- {name: notify-secrets, mountPath: /secrets/notify, readOnly: true}
{{- end }}
{{- end }}
{{- end -}}

{{- define "whorl.notify.volumes" -}}
{{- if include "whorl.notify" . }}
- name: notify
  configMap: {name: {{ .Values.notify.existingConfigMap | default (printf "%s-notify" (include "whorl.collector" .)) }}, defaultMode: 0440}
{{- if .Values.notify.existingSecret }}
- name: notify-secrets
  secret: {secretName: {{ .Values.notify.existingSecret }}, defaultMode: 0440}
{{- end }}
{{- end }}
{{- end -}}

{{- define "whorl.notify.check" -}}
{{- $v := .Values.notify -}}
{{- if and $v.file $v.existingConfigMap -}}
{{- fail "notify.file and notify.existingConfigMap: give one of them" -}}
{{- end -}}
{{- if and $v.existingSecret (empty (include "whorl.notify" .)) -}}
{{- fail "notify.file is missing: whom to notify of what; or notify.existingConfigMap, with notify.yaml" -}}
{{- end -}}
{{- end -}}
