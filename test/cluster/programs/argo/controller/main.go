// controller is Argo's workflow-controller as cmd/workflow-controller of its module starts it, without the servers: that program
// answers on port 6060 of all interfaces, which no flag changes, and a test opens nothing to the network.
package main

import (
	"context"
	"flag"
	"log"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"

	wfclientset "github.com/argoproj/argo-workflows/v3/pkg/client/clientset/versioned"
	cmdutil "github.com/argoproj/argo-workflows/v3/util/cmd"
	"github.com/argoproj/argo-workflows/v3/workflow/common"
	"github.com/argoproj/argo-workflows/v3/workflow/controller"
)

// Numbers of workers, the defaults of that program.
const (
	workflowWorkers        = 32
	workflowTTLWorkers     = 4
	podCleanupWorkers      = 4
	cronWorkflowWorkers    = 8
	workflowArchiveWorkers = 8
)

func main() {
	kubeconfig := flag.String("kubeconfig", "", "file that says where the API server is")
	namespace := flag.String("namespace", "argo", "namespace of the controller and its ConfigMap")
	executorImage := flag.String("executor-image", "", "image of argoexec")
	pullPolicy := flag.String("executor-image-pull-policy", "", "imagePullPolicy of argoexec")
	qps := flag.Float64("qps", 20, "requests a second")
	burst := flag.Int("burst", 30, "requests at once")
	flag.Parse()
	cmdutil.SetLogLevel("info")
	cmdutil.SetLogFormatter("text")
	cmdutil.SetGLogLevel(0) // also what the controller tells argoexec; without it argoexec refuses its arguments

	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		log.Fatal(err)
	}
	config.QPS = float32(*qps)
	config.Burst = *burst
	ctx := context.Background()
	wfController, err := controller.NewWorkflowController(
		ctx, config, kubernetes.NewForConfigOrDie(config), wfclientset.NewForConfigOrDie(config),
		*namespace, "", *executorImage, *pullPolicy, "text", common.ConfigMapName, false)
	if err != nil {
		log.Fatal(err)
	}
	wfController.Run(ctx, workflowWorkers, workflowTTLWorkers, podCleanupWorkers, cronWorkflowWorkers, workflowArchiveWorkers)
}
