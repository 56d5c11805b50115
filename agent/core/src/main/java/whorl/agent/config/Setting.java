package whorl.agent.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The table of settings: key, default, meaning. The table in docs/settings.md is checked against
 * it.
 */
public enum Setting {
  ENABLED("enabled", "true", "false: the agent returns at once and does nothing"),
  START_PATIENCE(
      "start.patience",
      "30s",
      "how long the agent keeps to its hooks at most while the app starts; 0s: all at once"),
  COLLECTOR_URL("collector.url", null, "the collector, http or https"),
  COLLECTOR_TOKEN("collector.token", null, "a token of role agent"),
  COLLECTOR_TOKEN_FILE(
      "collector.token-file",
      null,
      "a file with that token, such as a projected service account token; read for each request"),
  COLLECTOR_CA("collector.ca", null, "PEM certificates to trust instead of the platform's"),
  COLLECTOR_CLIENT_CERT("collector.client-cert", null, "PEM certificate chain for mutual TLS"),
  COLLECTOR_CLIENT_KEY("collector.client-key", null, "PKCS #8 PEM key for mutual TLS"),
  EVIDENCE_DIR(
      "evidence.dir", null, "a folder for sealed evidence when the collector cannot be reached"),
  SPOOL_MAX_SIZE(
      "spool.max-size",
      "1GiB",
      "how much evidence waits for the collector on disk at most, and never more than a third of"
          + " the free room; 4MiB at least"),
  SERVICE_NAME("service.name", null, "who this is; else OTEL_SERVICE_NAME or the main class"),
  SERVICE_NAMESPACE("service.namespace", null, "the namespace; else the pod's"),
  SERVICE_LABELS("service.labels", "", "k=v pairs, separated by commas, that triggers select on"),
  RECORDING_MAX_AGE("recording.max-age", "10m", "how far the recording reaches back"),
  RECORDING_MAX_SIZE("recording.max-size", "24MiB", "how much of it is kept at most"),
  RECORDING_DIR("recording.dir", null, "where it is kept; else the writable folder with most room"),
  HOOKS_DISABLED(
      "hooks.disabled", "", "hooks that are off, separated by commas: see the table below"),
  RULES_PATH(
      "rules.path", "", "Sigma files or folders, separated by commas, added to the built-in rules"),
  RULES_DISABLED("rules.disabled", "", "ids of rules that are off, separated by commas"),
  CAPTURE_AFTER("capture.after", "5s", "how long the recording goes on after the alert"),
  CAPTURE_COOLDOWN("capture.cooldown", "60s", "how long the same rule starts no other capture"),
  CAPTURE_MAX_PER_HOUR(
      "capture.max-per-hour",
      "12",
      "captures an hour, all rules together; a quarter is kept for critical alerts, and one for"
          + " these and high ones; one rule takes half of them at most"),
  CAPTURE_THRESHOLDS(
      "capture.thresholds",
      "",
      "readings that alert when they stay at or above a limit for 15 s, separated by commas, such as"
          + " heap=90%,cpu=95%,threads=2000,descriptors=80%,allocation=500 (MB a second, over a"
          + " minute)"),
  CAPTURE_ON_EXIT(
      "capture.on-exit",
      "abnormal",
      "a last capture when the app ends: never, abnormal (another status than 0, an exception that"
          + " ended `main`, memory ran out, an exit by a request's own code), always"),
  CAPTURE_ON_EXIT_LIMIT(
      "capture.on-exit-limit", "8s", "how much longer the end of the app may take for captures"),
  HEAP("heap", "on-request", "heap snapshots: off, on-request, always"),
  HEAP_CONTENT(
      "heap.content",
      "redacted",
      "redacted (primitive arrays and strings zeroed), structure (primitive fields too), full"),
  HEAP_PAUSE_LIMIT(
      "heap.pause-limit", "15s", "a dump is given up when the app would stand still longer"),
  PROBES(
      "probes",
      "off",
      "whether admins may record calls of methods of the app: off, on-request (docs/probes.md)"),
  EVIDENCE_RECIPIENT(
      "evidence.recipient",
      null,
      "an age recipient that every artifact is encrypted to; no evidence is taken where it is"
          + " wrong"),
  REDACT_KEYS(
      "redact.keys",
      "password,passwd,passphrase,pass,pwd,pw,secret,token,credential,authorization,cookie,"
          + "api-key,access-key,private-key,encryption-key,signing-key,account-key,session,"
          + "signature,sig,code,key",
      "parts of environment, property, parameter and header names whose values are masked; yours"
          + " are added to these");

  private final String key;
  private final @Nullable String byDefault;
  private final String meaning;

  Setting(String key, @Nullable String byDefault, String meaning) {
    this.key = key;
    this.byDefault = byDefault;
    this.meaning = meaning;
  }

  /** The name in agent arguments and the properties file. */
  public String key() {
    return key;
  }

  /** {@code whorl.} and the key. */
  public String property() {
    return "whorl." + key;
  }

  /** {@code WHORL_} and the key in capitals. */
  public String variable() {
    return "WHORL_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The value if nothing is set; null for none. */
  public @Nullable String byDefault() {
    return byDefault;
  }

  public String meaning() {
    return meaning;
  }

  /** True if the value is a list, separated by commas. */
  boolean isList() {
    return switch (this) {
      case HOOKS_DISABLED,
          RULES_PATH,
          RULES_DISABLED,
          SERVICE_LABELS,
          CAPTURE_THRESHOLDS,
          REDACT_KEYS ->
          true;
      default -> false;
    };
  }

  /** The setting of this key, or null. */
  public static @Nullable Setting of(String key) {
    for (Setting setting : values()) {
      if (setting.key.equals(key)) {
        return setting;
      }
    }
    return null;
  }
}
