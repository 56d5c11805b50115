/** The class in the attacker's jar. */
public class Loot {
  public Loot() throws Exception {
    new java.io.FileOutputStream(System.getProperty("lab.work") + "/pwned").close();
  }
}
