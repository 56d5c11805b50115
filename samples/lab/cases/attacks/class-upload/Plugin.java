/** The class that the attacker sends. */
public class Plugin {
  public Plugin() throws Exception {
    new java.io.FileOutputStream(System.getProperty("lab.work") + "/pwned").close();
  }
}
