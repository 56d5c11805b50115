package whorl.agent.redact;

/**
 * Names of connection strings: an address is shown without its password, any other value is masked.
 */
final class ConnectionNames {
  private static final String[] NAMES = {
    "jdbc.url", "jdbcurl", "datasource.url", "connectionstring"
  };

  private ConnectionNames() {}

  static boolean contains(String name) {
    for (String part : NAMES) {
      for (int i = 0; i + part.length() <= name.length(); i++) {
        if (matches(part, name, i)) {
          return true;
        }
      }
    }
    return false;
  }

  /** True for an address, in which the password is known by its position. */
  static boolean isAddress(String value) {
    return value.startsWith("jdbc:") || (value.indexOf("://") > 0 && value.indexOf(' ') < 0);
  }

  /** True for the shell's variables with a name like a password. */
  static boolean isWorkingFolder(String name) {
    return name.equals("PWD") || name.equals("OLDPWD");
  }

  private static boolean matches(String part, String name, int from) {
    for (int i = 0; i < part.length(); i++) {
      char c = Character.toLowerCase(name.charAt(from + i));
      char wanted = part.charAt(i);
      if (wanted == '.' ? c != '.' && c != '_' && c != '-' : c != wanted) {
        return false;
      }
    }
    return true;
  }
}
