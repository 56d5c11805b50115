package whorl.agent.hook.file;

/** Paths that an attacker checks first. They decide what is worth an event, not an alert. */
final class SensitivePlaces {
  private static final String[] BEGINNINGS = {
    "/proc/", "/dev/fd", "/root/", "/run/secrets", "/var/run/secrets", "/etc/kubernetes", "/host"
  };
  private static final String[] PARTS = {
    "/.ssh",
    "/.aws",
    "/.kube",
    "/.azure",
    "/.gnupg",
    "/.docker",
    "/.config/gcloud",
    "/.vault-token",
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/passwd",
    "/etc/sudoers",
    "/docker.sock",
    "/containerd.sock"
  };
  private static final String[] ENDS = {
    ".pem",
    ".key",
    ".p12",
    ".jks",
    ".pfx",
    ".kdbx",
    "/.env",
    "/environ",
    "/id_rsa",
    "/id_ed25519",
    "/.git-credentials",
    "/.pgpass",
    "/.my.cnf",
    "/.bash_history"
  };

  private SensitivePlaces() {}

  static boolean holds(String path) {
    for (String beginning : BEGINNINGS) {
      if (path.startsWith(beginning)) {
        return true;
      }
    }
    for (String end : ENDS) {
      if (path.endsWith(end)) {
        return true;
      }
    }
    for (String part : PARTS) {
      if (path.contains(part)) {
        return true;
      }
    }
    return false;
  }
}
