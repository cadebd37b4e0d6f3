package dev.attune.spring.live;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.TargetSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.beans.factory.ObjectFactory;
import org.springframework.beans.factory.config.Scope;

/**
 * Where properties beans live that follow the centre: one instance each, like singletons, but made anew by the
 * container for every state that is tried, and all replaced by one write. Whoever is given such a bean holds a proxy
 * that asks for the present instance at each call; of final classes there can be no proxy, so their holders keep the
 * instance they were given, and {@link Live} is for them. Safe to share between threads.
 */
final class LiveScope implements Scope {
    static final String NAME = "attune";

    private final Map<String, ObjectFactory<?>> factories = new ConcurrentHashMap<>();
    private final Map<String, Object> exposed = new ConcurrentHashMap<>();
    // What beans that are being made need at their end; the innermost is on top.
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<Deque<List<Runnable>>> making = ThreadLocal.withInitial(ArrayDeque::new);
    // Never changed, only replaced, under this object's lock: readers see all beans of one state.
    private volatile Map<String, Made> inForce = Map.of();

    /** An instance, and what is to be done when it is not needed any more. */
    record Made(Object value, List<Runnable> ends) {
        void end() {
            ends.forEach(Runnable::run);
        }
    }

    @Override
    public Object get(String name, ObjectFactory<?> factory) {
        Object known = exposed.get(name);
        if (known != null) return known;
        Made made = make(factory);
        synchronized (this) {
            Object faster = exposed.get(name);
            if (faster != null) {
                made.end();
                return faster;
            }
            Map<String, Made> all = new HashMap<>(inForce);
            all.put(name, made);
            inForce = all;
            factories.put(name, factory);
            Object shown = canBeProxied(made.value().getClass()) ? proxy(name, made.value()) : made.value();
            exposed.put(name, shown);
            return shown;
        }
    }

    private Made make(ObjectFactory<?> factory) {
        List<Runnable> ends = new ArrayList<>();
        making.get().push(ends);
        try {
            return new Made(factory.getObject(), ends);
        } finally {
            making.get().pop();
        }
    }

    /** The present instance of a bean that exists. */
    Object current(String name) {
        return Objects.requireNonNull(inForce.get(name), name).value();
    }

    /** The beans that exist. */
    Collection<String> names() {
        return inForce.keySet();
    }

    /** Makes a further instance, which nobody sees. Fails as the container does when it does not bind. */
    Made tryToMake(String name) {
        return make(Objects.requireNonNull(factories.get(name), name));
    }

    /** Whether holders of the bean keep the instance that they were given. */
    boolean isByValue(String name) {
        Object shown = exposed.get(name);
        Made made = inForce.get(name);
        return made != null && shown == made.value();
    }

    /** Puts instances in force, all at one moment; those before them are ended. */
    void replace(Map<String, Made> fresh) {
        List<Made> replaced = new ArrayList<>();
        synchronized (this) {
            Map<String, Made> all = new HashMap<>(inForce);
            fresh.forEach((name, made) -> {
                Made before = all.put(name, made);
                if (before != null) replaced.add(before);
            });
            inForce = all;
        }
        replaced.forEach(Made::end);
    }

    /** Classes without a final method that a proxy could not hand on, and without state that goes round methods. */
    static boolean canBeProxied(Class<?> type) {
        if (Modifier.isFinal(type.getModifiers()) || Modifier.isPrivate(type.getModifiers())) return false;
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            for (Method method : each.getDeclaredMethods()) {
                int modifiers = method.getModifiers();
                boolean own = !Modifier.isStatic(modifiers) && !Modifier.isPrivate(modifiers);
                if (own && Modifier.isFinal(modifiers)) return false;
            }
        }
        return type.getFields().length == 0;
    }

    private Object proxy(String name, Object first) {
        ProxyFactory factory = new ProxyFactory();
        factory.setTargetSource(new Present(name, first.getClass()));
        factory.setProxyTargetClass(true);
        factory.setOpaque(true);
        return factory.getProxy(first.getClass().getClassLoader());
    }

    /** The instance in force, asked for at each call of a proxy. */
    private final class Present implements TargetSource {
        private final String name;
        private final Class<?> type;

        Present(String name, Class<?> type) {
            this.name = name;
            this.type = type;
        }

        @Override
        public Class<?> getTargetClass() {
            return type;
        }

        @Override
        public Object getTarget() {
            return current(name);
        }
    }

    @Override
    public @Nullable Object remove(String name) {
        throw new UnsupportedOperationException("beans that follow the centre live as long as the application");
    }

    @Override
    public void registerDestructionCallback(String name, Runnable callback) {
        List<Runnable> ends = making.get().peek();
        if (ends != null) ends.add(callback);
    }

    @Override
    public @Nullable Object resolveContextualObject(String key) {
        return null;
    }

    @Override
    public @Nullable String getConversationId() {
        return null;
    }

    /** Ends every instance, with the application. */
    void close() {
        List<Made> last;
        synchronized (this) {
            last = List.copyOf(inForce.values());
        }
        last.forEach(Made::end);
    }
}
