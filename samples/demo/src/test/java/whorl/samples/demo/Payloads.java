package whorl.samples.demo;

/** Alerts as other tools send them. */
final class Payloads {
  private Payloads() {}

  /**
   * Falco's JSON output.
   *
   * @param target further output fields that say where, as JSON members
   */
  static String falco(String target) {
    return """
        {"hostname":"node-1","output":"10:31:02.123456789: Critical Executing binary not part of base image (user=nonroot command=promo)",
         "output_fields":{"evt.time":1795516262123456789,"proc.name":"promo","user.name":"nonroot",%s},
         "priority":"Critical","rule":"Drop and execute new binary in container","source":"syscall",
         "tags":["TA0003","container","mitre_persistence","process"],"time":"2026-11-24T10:31:02.123456789Z"}
        """
        .formatted(target);
  }

  /** Alertmanager's webhook, version 4. */
  static String alertmanager(String status, String pod, String namespace) {
    return """
        {"version":"4","groupKey":"{}:{alertname=\\"EgressToUnknownHost\\"}","truncatedAlerts":0,"status":"%1$s",
         "receiver":"whorl","groupLabels":{"alertname":"EgressToUnknownHost"},
         "commonLabels":{"alertname":"EgressToUnknownHost","severity":"critical"},"commonAnnotations":{},
         "externalURL":"http://alertmanager.example:9093",
         "alerts":[{"status":"%1$s","labels":{"alertname":"EgressToUnknownHost","severity":"critical","pod":"%2$s","namespace":"%3$s"},
           "annotations":{"summary":"A pod talks to a host it never talked to"},"startsAt":"2026-11-24T10:31:00.000Z",
           "endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example:9090/graph","fingerprint":"9f2c8b7de01a44c3"}]}
        """
        .formatted(status, pod, namespace);
  }
}
