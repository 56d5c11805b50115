package whorl.collector.analysis;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sensitive files.
 *
 * <p>The patterns take linear time on hostile paths: they match suffixes and skip the part before.
 */
enum SensitivePath {
  ENVIRONMENT(
      "the environment of the process",
      "every secret in the environment variables",
      true,
      Technique.PROC_FILESYSTEM,
      "^/proc/[^/]{1,20}(/task/[^/]{1,20})?/environ$"),
  MEMORY(
      "the memory of a process",
      "every secret that the process held in memory",
      true,
      Technique.PROC_FILESYSTEM,
      "^/proc/[^/]{1,20}/(mem|kcore)$|^/proc/kcore$|^/dev/(k?mem)$"),
  ACCESS_TOKEN(
      "the pod's service account token",
      "the service account token of the pod",
      false,
      Technique.ACCESS_TOKEN,
      "secrets/(kubernetes\\.io|eks\\.amazonaws\\.com|pods\\.eks\\.amazonaws\\.com)/serviceaccount/.{0,80}token$"
          + "|secrets/azure/tokens/.{0,80}token$"),
  CLOUD_CREDENTIALS(
      "credentials of a cloud or cluster",
      "the credentials in this file",
      false,
      Technique.CREDENTIALS_IN_FILES,
      "/(\\.aws/(credentials|config)|\\.azure/[^/]{1,60}\\.json|\\.config/gcloud/[^/]{1,60}"
          + "|\\.kube/config|\\.docker/config\\.json|\\.oci/config|\\.vault-token|\\.boto)$"),
  PASSWORD_HASHES(
      "the password hashes of the system",
      "the passwords of the accounts in it",
      true,
      Technique.PASSWD_AND_SHADOW,
      "(^|/root)/etc/g?shadow-?$"),
  ACCOUNTS(
      "the list of accounts",
      null,
      false,
      Technique.ACCOUNT_DISCOVERY,
      "(^|/root)/etc/(passwd|group)-?$"),
  SSH_KEY(
      "a person's private key",
      "this private key",
      true,
      Technique.PRIVATE_KEYS,
      "/\\.ssh/(id_[a-z0-9_]{1,20}|identity)$|/\\.gnupg/(private-keys-v1\\.d/.{1,80}|secring\\.gpg)$"
          + "|/etc/ssh/ssh_host_[a-z0-9]{1,20}_key$"),
  KEY_MATERIAL(
      "key material",
      "the keys in this file",
      false,
      Technique.PRIVATE_KEYS,
      "(\\.(jks|p12|pfx|keystore|key)|[-/]key\\.pem)$"),
  HISTORY(
      "a command history or a tool's password file",
      "the passwords in this file",
      true,
      Technique.SHELL_HISTORY,
      "/\\.((bash|zsh|ash|mysql|psql)_history|git-credentials|pgpass|my\\.cnf|npmrc|pypirc|netrc)$"),
  CONFIGURATION(
      "the application's configuration",
      "the secrets in this configuration file",
      false,
      Technique.CREDENTIALS_IN_FILES,
      "(/|^)(application[^/]{0,60}\\.(properties|ya?ml)|bootstrap[^/]{0,40}\\.(properties|ya?ml)|\\.env"
          + "|context\\.xml|tomcat-users\\.xml|persistence\\.xml|hikari\\.properties|settings\\.xml)$"
          + "|^/(run|var/run)/secrets/"),
  DESCRIPTOR(
      "the descriptor of the web application",
      null,
      false,
      Technique.LOCAL_SYSTEM,
      "(/|^)(web|web-fragment|ejb-jar|application|faces-config|struts)\\.xml$"),
  PROCESS_VIEW(
      "how the process was started and what it maps",
      null,
      false,
      Technique.SYSTEM_DISCOVERY,
      "^/proc/[^/]{1,20}/(cmdline|maps|status|mountinfo|mounts|cgroup|net/.{1,20})$|^/etc/(hosts|resolv\\.conf|os-release)$");

  private static final Pattern TRUSTED_KEYS =
      Pattern.compile("(/lib/security/cacerts|/truststore\\.(jks|p12))$");
  private static final int PATH_CHARS = 1024;

  private final String description;
  private final @Nullable String secret;
  private final boolean neverInGoodFaith;
  private final Technique technique;
  private final Pattern pattern;

  SensitivePath(
      String description,
      @Nullable String secret,
      boolean neverInGoodFaith,
      Technique technique,
      String pattern) {
    this.description = description;
    this.secret = secret;
    this.neverInGoodFaith = neverInGoodFaith;
    this.technique = technique;
    this.pattern = Pattern.compile(pattern);
  }

  /** Returns the kind of this file, or null if it is not sensitive. */
  static @Nullable SensitivePath of(String path) {
    if (path.length() > PATH_CHARS || TRUSTED_KEYS.matcher(path).find()) {
      return null;
    }
    for (SensitivePath kind : values()) {
      if (kind.pattern.matcher(path).find()) {
        return kind;
      }
    }
    return null;
  }

  /** The contents of such a file. */
  String description() {
    return description;
  }

  /** The secret to rotate after a read; null if the file holds no secret. */
  @Nullable String secret() {
    return secret;
  }

  /** True if no legitimate application reads it, with or without a request. */
  boolean neverInGoodFaith() {
    return neverInGoodFaith;
  }

  List<Technique> techniques() {
    return List.of(technique);
  }
}
