package whorl.collector.analysis.kinds;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import whorl.collector.analysis.rows.RowView;
import whorl.collector.detect.Detection;
import whorl.collector.detect.PackRule;
import whorl.collector.detect.Subjects;
import whorl.collector.timeline.Column;

/**
 * Sensitive files. The built-in rules say which files are sensitive. The patterns here name only
 * files that no rule names, because applications read them as well: their meaning in a finding
 * depends on who reads them.
 *
 * <p>The patterns take linear time on hostile paths: they match suffixes and skip the part before.
 */
public enum SensitivePath {
  ENVIRONMENT(
      "the environment of the process",
      "every secret in the environment variables",
      true,
      Technique.PROC_FILESYSTEM,
      List.of(PackRule.FILE_PROC_ENVIRON_READ),
      null),
  MEMORY(
      "the memory of a process",
      "every secret that the process held in memory",
      true,
      Technique.PROC_FILESYSTEM,
      List.of(PackRule.FILE_PROCESS_MEMORY),
      null),
  ACCESS_TOKEN(
      "the pod's service account token",
      "the service account token of the pod",
      false,
      Technique.ACCESS_TOKEN,
      List.of(PackRule.FILE_SERVICE_ACCOUNT_TOKEN_READ),
      null),
  CLOUD_CREDENTIALS(
      "credentials of a cloud or cluster",
      "the credentials in this file",
      false,
      Technique.CREDENTIALS_IN_FILES,
      List.of(PackRule.FILE_CLOUD_CREDENTIALS_READ),
      // whatever else such a client keeps there
      "/(\\.azure/[^/]{1,60}\\.json|\\.config/gcloud/[^/]{1,60})$"),
  PASSWORD_HASHES(
      "the password hashes of the system",
      "the passwords of the accounts in it",
      true,
      Technique.PASSWD_AND_SHADOW,
      List.of(PackRule.FILE_SHADOW_READ),
      null),
  /** The rule also names files that are no list of accounts. */
  ACCOUNTS(
      "the list of accounts",
      null,
      false,
      Technique.ACCOUNT_DISCOVERY,
      List.of(PackRule.FILE_PASSWD_READ_FROM_REQUEST),
      "(^|/root)/etc/(passwd|group)-$") {
    @Override
    boolean isNamedByRule(Detection detection, String path) {
      return super.isNamedByRule(detection, path)
          && (path.endsWith("passwd") || path.endsWith("group"));
    }
  },
  SSH_KEY(
      "a person's private key",
      "this private key",
      true,
      Technique.PRIVATE_KEYS,
      List.of(PackRule.FILE_SSH_KEY_READ),
      // keys with names of their own, and of the machine
      "/\\.ssh/id_[a-z0-9_]{1,20}$|/\\.gnupg/secring\\.gpg$|/etc/ssh/ssh_host_[a-z0-9]{1,20}_key$"),
  KEY_MATERIAL(
      "key material",
      "the keys in this file",
      false,
      Technique.PRIVATE_KEYS,
      List.of(PackRule.FILE_KEY_READ_FROM_REQUEST, PackRule.FILE_KEYSTORE_READ_FROM_REQUEST),
      null),
  HISTORY(
      "a command history or a tool's password file",
      "the passwords in this file",
      true,
      Technique.SHELL_HISTORY,
      List.of(PackRule.FILE_USER_SECRETS_READ),
      "/\\.netrc$"),
  CONFIGURATION(
      "the application's configuration",
      "the secrets in this configuration file",
      false,
      Technique.CREDENTIALS_IN_FILES,
      List.of(),
      "(/|^)(application[^/]{0,60}\\.(properties|ya?ml)|bootstrap[^/]{0,40}\\.(properties|ya?ml)|\\.env"
          + "|context\\.xml|tomcat-users\\.xml|persistence\\.xml|hikari\\.properties|settings\\.xml)$"
          + "|^/(run|var/run)/secrets/(?!(.*/)?truststore\\.(jks|p12)$)"),
  DESCRIPTOR(
      "the descriptor of the web application",
      null,
      false,
      Technique.LOCAL_SYSTEM,
      List.of(),
      "(/|^)(web|web-fragment|ejb-jar|application|faces-config|struts)\\.xml$"),
  PROCESS_VIEW(
      "how the process was started and what it maps",
      null,
      false,
      Technique.SYSTEM_DISCOVERY,
      List.of(PackRule.FILE_PROCESS_DETAILS_READ),
      "^/proc/[^/]{1,20}/(status|cgroup|net/.{1,20})$|^/etc/(hosts|resolv\\.conf|os-release)$");

  private static final int PATH_CHARS = 1024;

  private final String description;
  private final @Nullable String secret;
  private final boolean neverInGoodFaith;
  private final Technique technique;
  private final List<PackRule> rules;
  private final @Nullable Pattern others;

  SensitivePath(
      String description,
      @Nullable String secret,
      boolean neverInGoodFaith,
      Technique technique,
      List<PackRule> rules,
      @Nullable String others) {
    this.description = description;
    this.secret = secret;
    this.neverInGoodFaith = neverInGoodFaith;
    this.technique = technique;
    this.rules = rules;
    this.others = others == null ? null : Pattern.compile(others);
  }

  /** Returns the kind of this file, or null if it is not sensitive. */
  public static @Nullable SensitivePath of(String path) {
    if (path.isEmpty() || path.length() > PATH_CHARS) {
      return null;
    }
    Detection detection = Subjects.fileRead(path);
    for (SensitivePath kind : values()) {
      if (kind.isNamedByRule(detection, path)
          || (kind.others != null && kind.others.matcher(path).find())) {
        return kind;
      }
    }
    return null;
  }

  /**
   * Returns the kind of the row's file, or null if it is not sensitive. As in rules, the path that
   * the kernel resolved counts, and the path as it was written.
   */
  public static @Nullable SensitivePath of(RowView row) {
    String file = row.file();
    SensitivePath kind = of(file);
    String written = row.textOr(Column.FILE_PATH, "path");
    return kind != null || written.equals(file) ? kind : of(written);
  }

  boolean isNamedByRule(Detection detection, String path) {
    return detection.byAny(rules);
  }

  /** The contents of such a file. */
  public String description() {
    return description;
  }

  /** The secret to rotate after a read; null if the file holds no secret. */
  public @Nullable String secret() {
    return secret;
  }

  /** True if no legitimate application reads it, with or without a request. */
  public boolean neverInGoodFaith() {
    return neverInGoodFaith;
  }

  /** The rules for files of this kind. */
  public List<PackRule> rules() {
    return rules;
  }

  public List<Technique> techniques() {
    return List.of(technique);
  }
}
