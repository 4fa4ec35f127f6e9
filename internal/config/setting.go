package config

import (
	"slices"
	"strings"

	"sadi/internal/host"
	"sadi/internal/mlflow"
)

// Setting is the declaration of one setting.
type Setting struct {
	Name    string   // of the flag and of the key in the file
	Short   string   // the flag in one letter
	Aliases []string // other names of the flag
	Also    string   // a variable that others define, read after our own
	Roles   Role
	Section string // heading in the documentation
	Default string // as it would be typed
	Secret  bool   // never printed; can be read from the file that the variable with _FILE names
	Help    string // one sentence, no final stop
	bind    func(*Config) value
}

// Env is the setting's variable of the environment.
func (s *Setting) Env() string {
	return "SADI_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

// Form says what values are legal.
func (s *Setting) Form() string { return s.bind(new(Config)).form() }

// Settings returns the settings of a role, in the order in which they are shown.
func Settings(r Role) []Setting {
	return slices.DeleteFunc(slices.Clone(settings), func(s Setting) bool { return s.Roles&r == 0 })
}

const both = Serve | Worker

// fileSetting names the file, which can not name itself.
const fileSetting = "config"

// settings is the whole declaration.
var settings = []Setting{
	{Name: fileSetting, Roles: both, Section: "General", bind: func(c *Config) value { return file(&c.File) },
		Help: "a YAML file of settings, one name and value a line"},
	{Name: "data", Roles: both, Section: "General", Default: "data", bind: func(c *Config) value { return path(&c.Data) },
		Help: "the data root: files to learn from in incoming/, results in processed/, and what the program keeps for itself"},
	{Name: "log-level", Aliases: []string{"loglevel"}, Roles: both, Section: "General", Default: "info", bind: func(c *Config) value { return level(&c.Log.Level) },
		Help: "the least severe lines that are logged"},
	{Name: "log-format", Roles: both, Section: "General", Default: "text", bind: func(c *Config) value { return choice(&c.Log.Format, "text", "json") },
		Help: "the form of the log, on standard error"},
	{Name: "shutdown-grace", Roles: both, Section: "General", Default: "30s", bind: func(c *Config) value { return duration(&c.Grace, 0) },
		Help: "time between SIGTERM and the end: open requests are answered, running jobs are handed back to the queue with what they have"},

	{Name: "listen", Roles: Serve, Section: "The API", Default: "127.0.0.1:8000", bind: func(c *Config) value { return address(&c.Listen) },
		Help: "where the API listens; beyond loopback only with tokens"},
	{Name: "tokens", Roles: Serve, Section: "The API", bind: func(c *Config) value { return file(&c.Tokens) },
		Help: "file of the bearer tokens that may call: a line is a role (read, submit or admin), the SHA-256 of the token in hex and a label"},
	{Name: "insecure", Roles: Serve, Section: "The API", Default: "false", bind: func(c *Config) value { return toggle(&c.Insecure) },
		Help: "listen beyond loopback without tokens: whoever reaches the port may do everything"},
	{Name: "max-upload", Roles: Serve, Section: "The API", Default: "2GiB", bind: func(c *Config) value { return size(&c.Limits.Upload, 1) },
		Help: "size of an uploaded file"},
	{Name: "max-uploads", Roles: Serve, Section: "The API", Default: "4", bind: func(c *Config) value { return count(&c.Limits.Uploads, 1, 10_000) },
		Help: "uploads at a time; more are told to come again"},
	{Name: "max-body", Roles: Serve, Section: "The API", Default: "1MiB", bind: func(c *Config) value { return size(&c.Limits.Body, 1024) },
		Help: "size of a request that carries neither a file nor rows"},
	{Name: "max-predict", Roles: Serve, Section: "The API", Default: "1GiB", bind: func(c *Config) value { return size(&c.Limits.Predict, 1024) },
		Help: "size of a file whose rows are to be predicted"},
	{Name: "model-cache", Roles: Serve, Section: "The API", Default: "512MiB", bind: func(c *Config) value { return size(&c.Limits.Bundles, 0) },
		Help: "memory for models that stay loaded between predictions"},
	{Name: "request-timeout", Roles: Serve, Section: "The API", Default: "60s", bind: func(c *Config) value { return duration(&c.Limits.Request, 1) },
		Help: "time for a request that moves no file; streams of events have no bound"},
	{Name: "upload-timeout", Roles: Serve, Section: "The API", Default: "1h", bind: func(c *Config) value { return duration(&c.Limits.Transfer, 1) },
		Help: "time for an upload, a download or the prediction of a file"},

	{Name: "queue", Short: "Q", Roles: both, Section: "The queue", Default: "auto_ml", bind: func(c *Config) value { return name(&c.Queue) },
		Help: "the queue that jobs wait in; API and workers meet where the names agree"},
	{Name: "nats", Roles: both, Section: "The queue", bind: func(c *Config) value { return natsURL(&c.NATS.URL) },
		Help: "the NATS servers that hold the queue; none = a server within this process (a worker needs one)"},
	{Name: "nats-listen", Roles: Serve, Section: "The queue", bind: func(c *Config) value { return optional(address(&c.NATS.Listen)) },
		Help: "where the server within this process takes workers of other machines; none = no port is opened"},
	{Name: "nats-creds", Roles: both, Section: "The queue", bind: func(c *Config) value { return file(&c.NATS.Creds) },
		Help: "credentials file (JWT and seed) for NATS"},
	{Name: "nats-user", Roles: both, Section: "The queue", bind: func(c *Config) value { return line(&c.NATS.User) },
		Help: "user name for NATS"},
	{Name: "nats-password", Roles: both, Section: "The queue", Secret: true, bind: func(c *Config) value { return line(&c.NATS.Password) },
		Help: "password for NATS"},
	{Name: "nats-token", Roles: both, Section: "The queue", Secret: true, bind: func(c *Config) value { return line(&c.NATS.Token) },
		Help: "token for NATS, in place of a user"},
	{Name: "nats-ca", Roles: both, Section: "The queue", bind: func(c *Config) value { return file(&c.NATS.CA) },
		Help: "PEM file of the authorities that sign the servers' certificates (default: those of the system)"},
	{Name: "nats-cert", Roles: both, Section: "The queue", bind: func(c *Config) value { return file(&c.NATS.Cert) },
		Help: "PEM file of this program's certificate: for mutual TLS, and of the server within this process where --nats-listen is given"},
	{Name: "nats-key", Roles: both, Section: "The queue", bind: func(c *Config) value { return file(&c.NATS.Key) },
		Help: "PEM file of the certificate's private key"},
	{Name: "nats-replicas", Roles: both, Section: "The queue", Default: "auto", bind: func(c *Config) value { return auto(count(&c.NATS.Replicas, 1, 5), zero) },
		Help: "copies that the cluster keeps of jobs, events and files; auto = three where it has three servers, else one"},

	{Name: "slots", Roles: both, Section: "Work", Default: "auto", bind: func(c *Config) value { return auto(count(&c.Slots, 0, 4096), cores) },
		Help: "folds that this process computes at a time; auto = the cores that it may use, 0 = none (an API that leaves the work to workers)"},
	{Name: "memory", Roles: both, Section: "Work", Default: "auto", bind: func(c *Config) value { return auto(size(&c.Memory, 64<<20), host.Memory) },
		Help: "memory that the jobs of this process may use together; auto = what the machine or its cgroup allows"},
	{Name: "max-columns", Roles: both, Section: "Work", Default: "10000", bind: func(c *Config) value { return count(&c.Limits.Columns, 2, 10_000_000) },
		Help: "columns of a data set"},
	{Name: "max-rows", Roles: both, Section: "Work", Default: "0", bind: func(c *Config) value { return count(&c.Limits.Rows, 0, 1<<31-1) },
		Help: "rows of a data set; 0 = as many as fit"},
	{Name: "max-unpacked", Roles: both, Section: "Work", Default: "16GiB", bind: func(c *Config) value { return size(&c.Limits.Unpacked, 1) },
		Help: "size of a data set after unpacking: where a compressed file is cut off"},

	{Name: "store", Roles: both, Section: "Files", bind: func(c *Config) value { return storeURL(&c.Store) },
		Help: "where data sets and artifacts are kept; none = the JetStream object store where --nats is given, else a folder below the data root"},
	{Name: "max-store", Roles: both, Section: "Files", Default: "0", bind: func(c *Config) value { return size(&c.MaxStore, 0) },
		Help: "size of all files in the JetStream object store together; 0 = as much as its servers allow"},
	{Name: "cache", Roles: both, Section: "Files", Default: "10GB", bind: func(c *Config) value { return size(&c.Cache, 0) },
		Help: "disk space below the data root for copies of what a far store holds"},

	{Name: "mlflow-uri", Aliases: []string{"mlflow"}, Also: "MLFLOW_TRACKING_URI", Roles: both, Section: "MLflow", bind: func(c *Config) value { return trackingURI(&c.MLflow.URI) },
		Help: "where jobs are tracked: an MLflow server, or a folder in the form of mlruns; none given = mlruns below the data root"},
	{Name: "mlflow-experiment", Also: "MLFLOW_EXPERIMENT_NAME", Roles: both, Section: "MLflow", Default: mlflow.DefaultExperiment, bind: func(c *Config) value { return experiment(&c.MLflow.Experiment) },
		Help: "the experiment of jobs that name none"},
	{Name: "mlflow-user", Also: "MLFLOW_TRACKING_USERNAME", Roles: both, Section: "MLflow", bind: func(c *Config) value { return line(&c.MLflow.User) },
		Help: "user name for the MLflow server"},
	{Name: "mlflow-password", Also: "MLFLOW_TRACKING_PASSWORD", Roles: both, Section: "MLflow", Secret: true, bind: func(c *Config) value { return line(&c.MLflow.Password) },
		Help: "password for the MLflow server"},
	{Name: "mlflow-token", Also: "MLFLOW_TRACKING_TOKEN", Roles: both, Section: "MLflow", Secret: true, bind: func(c *Config) value { return line(&c.MLflow.Token) },
		Help: "token for the MLflow server, where no user and password are given"},
	{Name: "mlflow-insecure-tls", Also: "MLFLOW_TRACKING_INSECURE_TLS", Roles: both, Section: "MLflow", Default: "false", bind: func(c *Config) value { return toggle(&c.MLflow.Insecure) },
		Help: "take any certificate of the MLflow server"},
	{Name: "mlflow-ca", Also: "MLFLOW_TRACKING_SERVER_CERT_PATH", Roles: both, Section: "MLflow", bind: func(c *Config) value { return file(&c.MLflow.CA) },
		Help: "PEM file of the authorities that sign the MLflow server's certificate (default: those of the system)"},
	{Name: "mlflow-page", Roles: both, Section: "MLflow", bind: func(c *Config) value { return webURL(&c.MLflow.Page) },
		Help: "the address at which people see the MLflow server's pages, where it is not that of mlflow-uri"},
	{Name: "mlflow-wait", Roles: both, Section: "MLflow", Default: "5s", bind: func(c *Config) value { return duration(&c.MLflow.Wait, 0) },
		Help: "time at the end of the program for what MLflow has not taken yet; the rest stays for later"},
}

func zero() int64  { return 0 }
func cores() int64 { return int64(host.Cores()) }
