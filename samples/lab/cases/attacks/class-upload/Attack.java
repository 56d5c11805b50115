import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    Attacker.post("/plugin", Attacker.classBytes(Plugin.class));
    Attacker.done();
  }
}
