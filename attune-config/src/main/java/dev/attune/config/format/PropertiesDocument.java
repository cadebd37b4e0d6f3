package dev.attune.config.format;

import java.io.IOException;
import java.io.StringReader;
import java.util.Map;
import java.util.Properties;

/** Properties as the JDK reads them: of a repeated key the last value counts, at the place of the first. */
final class PropertiesDocument {
    private static final Place NOWHERE = new Place(0, 0);

    private PropertiesDocument() {}

    static Map<String, String> keys(String text) {
        FlatKeys keys = new FlatKeys();
        try {
            new Ordered(keys).load(new StringReader(text));
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot fail to be read", e);
        } catch (InvalidDocumentException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw firstBadEscape(text).invalid("\\u must be followed by four hexadecimal digits");
        }
        return keys.toMap();
    }

    private static Place firstBadEscape(String text) {
        int i = text.indexOf('\\');
        while (i >= 0 && i + 1 < text.length()) {
            if (text.charAt(i + 1) == 'u' && !isHex(text, i + 2)) return Place.of(text, i);
            i = text.indexOf('\\', i + 2);
        }
        return Place.of(text, text.length());
    }

    private static boolean isHex(String text, int from) {
        if (from + 4 > text.length()) return false;
        for (int i = from; i < from + 4; i++) {
            if (Character.digit(text.charAt(i), 16) < 0) return false;
        }
        return true;
    }

    /** Hands each pair on in document order instead of keeping it. */
    private static final class Ordered extends Properties {
        private static final long serialVersionUID = 1L;

        private final transient FlatKeys keys;

        Ordered(FlatKeys keys) {
            this.keys = keys;
        }

        @Override
        public synchronized Object put(Object key, Object value) {
            keys.put((String) key, (String) value, NOWHERE);
            return value;
        }
    }
}
