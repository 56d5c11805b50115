import whorl.lab.attack.Shells;

public class Attack {
  public static void main(String[] args) throws Exception {
    Shells.inject(Shell.class);
    Shells.use("/hello");
    whorl.lab.attack.Attacker.done();
  }
}
