package whorl.agent.hook.entry;

/** The address of a jar, as the JDK's URLs have it. */
final class JarAddress {
  private static final String FILE_OF_HOST = "file://";

  private JarAddress() {}

  /**
   * True if the JDK fetches the jar from another host. It reads the address in any case, with
   * blanks, {@code url:} or {@code jar:} before it, and fetches a file of another host by FTP.
   */
  static boolean isRemote(String address) {
    int at = 0;
    while (at < address.length()
        && (address.charAt(at) <= ' ' || startsWith(address, at, "url:", "jar:"))) {
      at += address.charAt(at) <= ' ' ? 1 : "jar:".length();
    }
    return startsWith(address, at, "http:", "https:", "ftp:")
        || startsWith(address, at, FILE_OF_HOST)
            && !startsWith(address, at + FILE_OF_HOST.length(), "/", "localhost/", "~/");
  }

  private static boolean startsWith(String text, int at, String... beginnings) {
    for (String beginning : beginnings) {
      if (text.regionMatches(true, at, beginning, 0, beginning.length())) {
        return true;
      }
    }
    return false;
  }
}
