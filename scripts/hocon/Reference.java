// The reference as a filter: paths on stdin, one JSON line each on stdout, in the order of the paths.
//   {"path":…,"ok":true,"value":{…}}
//   {"path":…,"ok":false,"type":"Parse","line":3,"message":…}      line -1: not told
// `type` is Broken where the reference itself failed (its own bug, stack, memory or time), which is no verdict.
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

public final class Reference {
    private static final long STACK_BYTES = 8L << 20;
    private static final long TIME_LIMIT_MS = 10_000;

    public static void main(String[] args) throws Exception {
        PrintStream out = new PrintStream(System.out, false, "UTF-8");
        if (args.length == 2 && args[0].equals("--bench")) {
            bench(args[1], out);
            return;
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String path = in.readLine(); path != null; path = in.readLine()) {
            out.println(within(path));
            if (!in.ready()) out.flush();
        }
        out.flush();
        System.exit(0);
    }

    private static void bench(String path, PrintStream out) {
        for (int run = 0; run < 5; run++) {
            long start = System.nanoTime();
            Config parsed = ConfigFactory.parseFile(new File(path));
            long between = System.nanoTime();
            parsed.resolve();
            out.println((between - start) / 1_000_000 + " " + (System.nanoTime() - between) / 1_000_000);
            out.flush();
        }
    }

    private static String within(String path) throws InterruptedException {
        String[] result = new String[1];
        Thread thread = new Thread(null, () -> result[0] = verdict(path), "case", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        thread.join(TIME_LIMIT_MS);
        return result[0] != null ? result[0] : rejected(path, "Broken", -1, "time");
    }

    private static String verdict(String path) {
        try {
            ConfigParseOptions options = ConfigParseOptions.defaults().setAllowMissing(false);
            Config config = ConfigFactory.parseFile(new File(path), options).resolve();
            StringBuilder json = new StringBuilder("{\"path\":" + quoted(path) + ",\"ok\":true,\"value\":");
            write(config.root(), json);
            return json.append('}').toString();
        } catch (ConfigException.BugOrBroken error) {
            return rejected(path, "Broken", -1, error.getMessage());
        } catch (ConfigException error) {
            int line = error.origin() == null ? -1 : error.origin().lineNumber();
            return rejected(path, error.getClass().getSimpleName(), line, error.getMessage());
        } catch (StackOverflowError | OutOfMemoryError error) {
            return rejected(path, "Broken", -1, error.getClass().getSimpleName());
        } catch (RuntimeException error) {
            return rejected(path, error.getClass().getSimpleName(), -1, String.valueOf(error.getMessage()));
        }
    }

    private static String rejected(String path, String type, int line, String message) {
        return "{\"path\":" + quoted(path) + ",\"ok\":false,\"type\":" + quoted(type) + ",\"line\":" + line
            + ",\"message\":" + quoted(message) + "}";
    }

    private static void write(ConfigValue value, StringBuilder json) {
        switch (value.valueType()) {
            case OBJECT:
                writeObject((ConfigObject) value, json);
                break;
            case LIST:
                json.append('[');
                String comma = "";
                for (ConfigValue item : (ConfigList) value) {
                    json.append(comma);
                    comma = ",";
                    write(item, json);
                }
                json.append(']');
                break;
            case STRING:
                json.append(quoted((String) value.unwrapped()));
                break;
            case NUMBER:
                double number = ((Number) value.unwrapped()).doubleValue();
                json.append(Double.isInfinite(number) ? (number > 0 ? "1e999" : "-1e999") : value.unwrapped().toString());
                break;
            default:
                json.append(value.unwrapped());
        }
    }

    private static void writeObject(ConfigObject object, StringBuilder json) {
        json.append('{');
        String comma = "";
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            json.append(comma).append(quoted(entry.getKey())).append(':');
            comma = ",";
            write(entry.getValue(), json);
        }
        json.append('}');
    }

    private static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') json.append('\\').append(c);
            else if (c < 0x20 || c > 0x7e) json.append(String.format("\\u%04x", (int) c));
            else json.append(c);
        }
        return json.append('"').toString();
    }
}
