import org.apache.spark.sql.api.java.UDF2;

/**
 * The function of the tests: a text as often as it says, in capitals. `shout.jar` is made of it by
 * `javac --release 11 -g:none -cp 'JARS/*' Shout.java && jar --create --no-manifest --file shout.jar Shout.class`.
 */
public final class Shout implements UDF2<String, Integer, String> {
  @Override
  public String call(String text, Integer times) {
    return text == null ? null : text.toUpperCase(java.util.Locale.ROOT).repeat(times);
  }
}
